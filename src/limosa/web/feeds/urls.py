from django.urls import path

from limosa.web.feeds.payments import payment_notify
from limosa.web.feeds.usage import usage_feed

urlpatterns = [
    path("payments/<slug:provider_code>/notify", payment_notify, name="payment_notify"),
    path("feeds/usage", usage_feed, name="usage_feed"),
]
