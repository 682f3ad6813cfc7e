from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "limosa.web.storefront"
    label = "storefront"
