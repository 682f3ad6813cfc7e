"""The storefront's addresses."""

from django.urls import path

from limosa.web.storefront.languages import choose_language
from limosa.web.storefront.views import (
    esim,
    home,
    identify,
    link,
    notifications,
    order,
    orders,
    pay,
    payment_pin,
    pin,
    plans,
    receipt,
    refund,
    renew,
    saved_methods,
    settings,
    site,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:code>/buy/", plans.buy, name="buy"),
    path("esims/<str:public_id>/", esim.esim, name="esim"),
    path("esims/<str:public_id>/renew/", renew.renew, name="renew"),
    path("r/<str:token>/", link.renew_by_link, name="renew_by_link"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", order.order, name="order"),
    path("orders/<str:number>/timeline/", order.timeline, name="order_timeline"),
    path("orders/<str:number>/pay/", pay.pay, name="pay"),
    path("orders/<str:number>/pay/status/", pay.status, name="pay_status"),
    path("orders/<str:number>/identify/<slug:provider>/", identify.identify, name="identify"),
    path("orders/<str:number>/pin/", pin.pin, name="pin"),
    path("orders/<str:number>/back/", pay.come_back, name="order_return"),
    path("orders/<str:number>/check/", pay.check, name="check_payment"),
    path("orders/<str:number>/receipt/", receipt.receipt, name="receipt"),
    path("orders/<str:number>/receipt.pdf", receipt.receipt_pdf, name="receipt_pdf"),
    path("orders/<str:number>/refund/", refund.refund, name="return_order"),
    path("orders/<str:number>/help/", order.ask_help, name="help"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("settings/methods/<str:public_id>/remove/", saved_methods.forget, name="forget_method"),
    path("settings/", settings.settings, name="settings"),
    path("settings/payment-pin/", payment_pin.payment_pin, name="payment_pin"),
    path("settings/payment-pin/reset/", payment_pin.reset_pin, name="reset_pin"),
    path("language/", choose_language, name="language"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
]
