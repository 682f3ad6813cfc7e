from django.urls import path

from limosa.web.feeds.callbacks import supplier_callback
from limosa.web.feeds.usage import usage_feed

urlpatterns = [
    path("feeds/usage", usage_feed, name="usage_feed"),
    path("suppliers/<slug:code>/callback", supplier_callback, name="supplier_callback"),
]
