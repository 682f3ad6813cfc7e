"""Every URL that Django answers: the pages for people and staff.

Machine endpoints never reach Django. servers/routes.py has their URLs, and each has its own file in
servers/endpoints/:

/payments/{provider}/notify     payment providers   servers/endpoints/notifications.py
/suppliers/{supplier}/callback  suppliers           servers/endpoints/supplier_callbacks.py
/feeds/usage                    networks            servers/endpoints/usage_feed.py
/events/orders/{number}         pages that watch    servers/endpoints/watchers.py
/events/esims/{public_id}       pages that watch    servers/endpoints/watchers.py
/healthz, /readyz               supervisors         servers/endpoints/health.py
"""

from django.urls import include, path

from limosa.web.storefront.views.second_step import (
    AddPasskey,
    ReauthenticateByCode,
    SecondStep,
    SetUpApp,
)

urlpatterns = [
    path("", include("limosa.web.storefront.urls")),
    # Before allauth's, which would ask again for the code just given.
    path("accounts/2fa/totp/activate/", SetUpApp.as_view(), name="mfa_activate_totp"),
    path("accounts/2fa/webauthn/add/", AddPasskey.as_view(), name="mfa_add_webauthn"),
    # These count wrong codes.
    path("accounts/2fa/authenticate/", SecondStep.as_view(), name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", ReauthenticateByCode.as_view(), name="mfa_reauthenticate"),
    path("accounts/", include("allauth.urls")),
    path("console/", include("limosa.web.console.urls")),
]
handler500 = "limosa.web.outage.answer_fault"
