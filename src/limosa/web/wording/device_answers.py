"""What a device check says, in sentences: the reason, what else to mind, where to look."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.devices.engine.answers import Look, Reason, Trap

REASONS: dict[Reason, str | Promise] = {
    Reason.EID: _("It has an EID, so it has a chip for eSIMs."),
    Reason.ON_LIST: _("Its maker lists it among the devices that take eSIMs."),
    Reason.APPLE_VERSION: _("This version takes eSIMs."),
    Reason.APPLE_VERSION_ESIM_ONLY: _("This version has no SIM tray: it takes eSIMs only."),
    Reason.APPLE_MAINLAND: _("This version was made for mainland China and takes no eSIM."),
    Reason.APPLE_MAINLAND_HK_MACAO: _(
        "This version was made for mainland China, Hong Kong and Macao. It takes two SIM cards and "
        "no eSIM."
    ),
    Reason.APPLE_AIR_MAINLAND: _(
        "The iPhone Air made for mainland China takes eSIMs of carriers there. Whether it takes "
        "others is not known."
    ),
    Reason.IPAD_MAINLAND: _(
        "Many iPads made for mainland China take no eSIM, or only those of carriers there."
    ),
    Reason.PART_MAINLAND: _(
        "A part number that ends in CH/A stands for mainland China. iPhones made for it take no "
        "eSIM, but for the iPhone Air."
    ),
    Reason.WATCH: _(
        "A watch gets an eSIM only through the app of its phone, from a carrier that offers plans "
        "for watches. Ours are none of those."
    ),
    Reason.TOO_OLD: _("No version of this model takes eSIMs."),
    Reason.SAMSUNG_VERSION: _("This version takes eSIMs."),
    Reason.SAMSUNG_KOREA_EARLY: _(
        "The Korean version of this model takes no eSIM; newer models do."
    ),
    Reason.SAMSUNG_NOT_LISTED: _("Samsung doesn't list it among the devices that take eSIMs."),
    Reason.MAINLAND_OR_NOT: _("The version made for mainland China takes no eSIM. All others do."),
    Reason.MAINLAND_HK_MACAO_OR_NOT: _(
        "The version made for mainland China, Hong Kong and Macao takes no eSIM. All others do."
    ),
    Reason.AIR_MAINLAND_OR_NOT: _(
        "It takes eSIMs, but the version made for mainland China may take only those of carriers "
        "there."
    ),
    Reason.IPAD_OR_NOT: _(
        "With mobile data (Wi-Fi + Cellular) it takes eSIMs; with Wi-Fi alone it takes none. Many "
        "of those made for mainland China take none either."
    ),
    Reason.APPLE_NUMBER_UNSURE: _(
        "We know this model number, but not for sure what this version takes."
    ),
    Reason.PART_NEEDS_MODEL: _(
        "The part number says which market the device was made for, but not which model it is."
    ),
    Reason.SAMSUNG_OPEN: _(
        "It depends on the version. The letters at the end of the model number tell which it is."
    ),
    Reason.SAMSUNG_GREATER_CHINA: _(
        "The versions for mainland China, Hong Kong and Taiwan share this number, and not all of "
        "them take eSIMs."
    ),
    Reason.SAMSUNG_US: _(
        "This version was sold in the US: the carrier may have locked it, and on older models the "
        "eSIM may be off."
    ),
    Reason.MARKET_OPEN: _(
        "Some versions of this model take eSIMs and others don't, depending on the market and the "
        "carrier."
    ),
    Reason.CHINA_OPEN: _(
        "Versions made for mainland China usually take no eSIM. Many of the others do."
    ),
    Reason.PIXEL_2: _("On this model, eSIMs work with Google Fi only, as far as we know."),
    Reason.PIXEL_3: _(
        "Versions from Australia, Japan and Taiwan take no eSIM, nor do those of most carriers in "
        "the US and Canada."
    ),
    Reason.PIXEL_3A: _(
        "Versions from Japan and South-East Asia take no eSIM, nor do those of Verizon."
    ),
    Reason.SEVERAL: _("Several devices go by this name or code. Which one is it?"),
    Reason.IN_PART: _("We know only a part of this name."),
    Reason.WHICH_MODEL: _(
        "There are several models of this name. Add what follows it, such as a number or Pro."
    ),
    Reason.CONTRADICTION: _("What you entered belongs to different devices."),
    Reason.NOT_ON_LIST: _("It isn't on our list, and we don't guess."),
    Reason.IMEI_ONLY: _("An IMEI doesn't tell whether a device takes eSIMs."),
    Reason.SIM_NUMBER: _("This is the number of a SIM card, not of the device."),
    Reason.MISTYPED: _("This looks like an EID or an IMEI, but a digit is wrong or missing."),
    Reason.NOTHING: _("Enter the name of the device or one of its numbers."),
}

TRAPS: dict[Trap, str | Promise] = {
    Trap.MAINLAND: _("iPhones bought in mainland China take no eSIM, but for the iPhone Air."),
    Trap.HK_MACAO: _(
        "Many iPhones bought in Hong Kong or Macao are the version of mainland China: two SIM "
        "cards, no eSIM."
    ),
    Trap.NO_TRAY: _(
        "The version of the US, and of some other markets, has no SIM tray: there, your other "
        "number has to be an eSIM as well."
    ),
    Trap.LOCK: _(
        "A device bought from a carrier may be locked to it. Then our eSIM works only once the "
        "carrier has unlocked it."
    ),
    Trap.AIR_MAINLAND: _(
        "An iPhone Air made for mainland China (A3518) may take only eSIMs of carriers there."
    ),
    Trap.TABLET_WIFI: _("An iPad without mobile data (Wi-Fi alone) takes no eSIM."),
    Trap.KOREA: _("Korean versions take eSIMs from the Galaxy S23, Z Fold4 and Z Flip4 on."),
}

LOOKS: dict[Look, str | Promise] = {
    Look.NONE: "",
    Look.APPLE_NUMBER: _(
        "Open Settings, General, About, and tap the number beside Model Number: it changes to one "
        "that begins with A. Enter that one here."
    ),
    Look.APPLE_LOCK: _(
        "Open Settings, General, About. Beside Carrier Lock it has to say No SIM restrictions."
    ),
    Look.SAMSUNG_NUMBER: _(
        "Open Settings, About phone, and enter the model number here: it begins with SM-. Its last "
        "letters count."
    ),
    Look.ANDROID_LOCK: _(
        "If it came from a carrier, ask them whether it is unlocked. In Settings, Add eSIM has to "
        "be among what you can do with SIMs."
    ),
    Look.EID: _("Dial *#06#. If an EID is shown, the device has a chip for eSIMs."),
    Look.MODEL: _("Open Settings, then About, and enter the model as it is written there."),
    Look.AGAIN: _("Dial *#06# and enter the number once more, or paste all that is shown."),
}
