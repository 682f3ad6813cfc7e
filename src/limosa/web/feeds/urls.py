from django.urls import path

from limosa.web.feeds.usage import usage_feed

urlpatterns = [
    path("feeds/usage", usage_feed, name="usage_feed"),
]
