"""Who was asked, what they answered, who reported it, and what is published of it."""

from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import Q

from limosa.domain.catalog.models import Carrier
from limosa.domain.esims.models import Bundle
from limosa.domain.ratings.engine.abuse import MarkKind
from limosa.domain.ratings.engine.questions import COMMENT_LENGTH_MAX
from limosa.domain.ratings.engine.standing import Ruling, Standing

REASON_LENGTH_MAX = 300
REPLY_LENGTH_MAX = 1000


class InvitationState(models.TextChoices):
    """waiting → asked | left; nobody is asked twice."""

    WAITING = "waiting"
    ASKED = "asked"
    LEFT = "left"


class Invitation(models.Model):
    """When the buyer of a bundle is asked to rate it. `next_at`: when to look at it again."""

    bundle = models.OneToOneField(
        Bundle, on_delete=models.PROTECT, primary_key=True, related_name="invitation"
    )
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="invitations",
        db_index=False,  # Meta has one that begins with it.
    )
    state = models.CharField(max_length=7, choices=InvitationState, default=InvitationState.WAITING)
    next_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="invitation_due", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["subscriber", "-asked_at"],
                name="invitation_of_subscriber",
                condition=Q(state="asked"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="invitation_state_has_its_time",
                condition=Q(state="waiting", next_at__isnull=False, asked_at__isnull=True)
                | Q(state="asked", next_at__isnull=True, asked_at__isnull=False)
                | Q(state="left", next_at__isnull=True, asked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.bundle_id}"


class CommentState(models.TextChoices):
    """none | shown → reported → kept | hidden; staff may hide any of them, and show it again.

    A kept comment stays, however often it is reported. Of a comment that was reported or hidden and
    that its writer has emptied, "reported" stays, so that what they write next waits for staff.
    """

    NONE = "none"
    SHOWN = "shown"
    REPORTED = "reported"
    KEPT = "kept"
    HIDDEN = "hidden"


def _answer() -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(null=True, blank=True)


class Rating(models.Model):
    """What a bundle's buyer says of its carrier in a place (`country`) and `month`.

    `is_demo`: it ships with the demo and is of no bundle. `account_made_at`, `address` (a digest of
    the one that it was given from), `was_staff`, `list_minor`, `total_minor`, `own_minor`: as they
    were then (engine/standing.py). `standing`: whether it counts; the worker keeps it. `ruling`:
    what staff decided, with a `public_reason`, which also says why a comment is hidden.
    `reward_minor`: what the writer got for it, whatever it says.
    """

    bundle = models.OneToOneField(
        Bundle, on_delete=models.PROTECT, null=True, related_name="rating"
    )
    is_demo = models.BooleanField(default=False)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="ratings"
    )
    carrier = models.ForeignKey(
        Carrier,
        on_delete=models.PROTECT,
        related_name="ratings",
        db_index=False,  # Meta has one that begins with it.
    )
    country = models.CharField(max_length=2)
    month = models.DateField()
    speed = _answer()
    coverage = _answer()
    setup = _answer()
    help = _answer()
    comment = models.CharField(max_length=COMMENT_LENGTH_MAX, blank=True)
    language = models.CharField(max_length=10)
    comment_state = models.CharField(max_length=8, choices=CommentState, default=CommentState.NONE)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    account_made_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    was_staff = models.BooleanField(default=False)
    list_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    own_minor = models.BigIntegerField(default=0)
    standing = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in Standing],
        default=Standing.NEW.value,
    )
    ruling = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in Ruling], blank=True
    )
    public_reason = models.CharField(max_length=REASON_LENGTH_MAX, blank=True)
    reply = models.CharField(max_length=REPLY_LENGTH_MAX, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    reward_minor = models.BigIntegerField(null=True, blank=True)
    reward_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["carrier", "country", "-id"], name="rating_newest_of_place"),
            models.Index(
                fields=["-id"], name="rating_reported", condition=Q(comment_state="reported")
            ),
            models.Index(
                fields=["-id"], name="rating_held", condition=Q(standing__in=["ring", "burst"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="rating_is_of_a_bundle",
                condition=Q(is_demo=False, bundle__isnull=False, subscriber__isnull=False)
                | Q(is_demo=True, bundle__isnull=True, subscriber__isnull=True),
            ),
            models.CheckConstraint(
                name="rating_has_an_answer",
                condition=Q(speed__isnull=False)
                | Q(coverage__isnull=False)
                | Q(setup__isnull=False)
                | Q(help__isnull=False),
            ),
            *(
                models.CheckConstraint(
                    name=f"rating_{name}_on_the_scale",
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (1, 5)}),
                )
                for name in ("speed", "coverage", "setup", "help")
            ),
            models.CheckConstraint(
                name="rating_comment_has_its_state",
                condition=Q(comment="", comment_state__in=["none", "reported"])
                | (~Q(comment="") & Q(comment_state__in=["shown", "reported", "kept", "hidden"])),
            ),
            models.CheckConstraint(
                name="rating_standing_known",
                condition=Q(standing__in=[one.value for one in Standing])
                & Q(ruling__in=[one.value for one in Ruling]),
            ),
            models.CheckConstraint(
                name="rating_decided_for_a_reason",
                condition=(Q(ruling="") & ~Q(comment_state="hidden")) | ~Q(public_reason=""),
            ),
            models.CheckConstraint(
                name="rating_reply_has_its_time",
                condition=Q(reply="", replied_at__isnull=True)
                | (~Q(reply="") & Q(replied_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="rating_reward_has_its_currency",
                condition=Q(reward_minor__isnull=True, reward_currency="")
                | (Q(reward_minor__isnull=False, reward_minor__gt=0) & ~Q(reward_currency="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that staff read: RT-17."""
        return f"RT-{self.pk}"

    @property
    def comment_version(self) -> str:
        """What tells the comment's text from any other; a decision names the one it is about."""
        return sha256(self.comment.encode()).hexdigest()


class RatingMark(models.Model):
    """What a rating's writer may have in common with others, as a digest (engine/abuse.py)."""

    rating = models.ForeignKey(
        Rating,
        on_delete=models.CASCADE,
        related_name="marks",
        db_index=False,  # The constraint has one that begins with it.
    )
    kind = models.CharField(max_length=7, choices=[(one.value, one.value) for one in MarkKind])
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rating", "kind", "digest"], name="rating_mark_once"),
            models.CheckConstraint(
                name="rating_mark_kind_known",
                condition=Q(kind__in=[one.value for one in MarkKind]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.rating_id}"


class RatingReport(models.Model):
    """A reader's word that a comment should not stand."""

    rating = models.ForeignKey(
        Rating,
        on_delete=models.PROTECT,
        related_name="reports",
        db_index=False,  # The constraint has one that begins with it.
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rating_reports"
    )
    reason = models.CharField(max_length=REASON_LENGTH_MAX)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rating", "reporter"], name="rating_report_once"),
        ]

    def __str__(self) -> str:
        return f"report of {self.rating_id}"


class Insider(models.Model):
    """A person whose ratings do not count: a partner, a tester, a relative. Marked by staff."""

    subscriber = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="insider",
    )
    reason = models.CharField(max_length=REASON_LENGTH_MAX)
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"insider {self.subscriber_id}"


class RatedPlace(models.Model):
    """What is published of a carrier in a place: computed by publish_place, never edited.

    `count`: of people whose ratings count. `demo_count`: of them, the demo's. `as_of`: the month
    that weights count from. `sums`: by question {"count", "weight", "total", "mean", "low",
    "high"}, in thousandths (engine/means.py); "overall" is over each rating's own mean. `months`:
    [{"month", "count", "mean"}] for those with enough people. `written`: how many ratings there
    are, with those that do not count. `next_at`: when to compute it again.
    """

    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, related_name="rated_places", db_index=False
    )
    country = models.CharField(max_length=2)
    count = models.PositiveIntegerField(default=0)
    demo_count = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    as_of = models.DateField(null=True)
    sums = models.JSONField(default=dict)
    months = models.JSONField(default=list)
    computed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier", "country"], name="rated_place_once"),
            models.CheckConstraint(
                name="rated_place_demo_within",
                condition=Q(demo_count__lte=models.F("count")) & Q(count__lte=models.F("written")),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="rated_place_due"),
            models.Index(
                fields=["-count", "id"], name="rated_place_by_count", condition=Q(count__gte=10)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier_id} in {self.country}"


class RatingPrior(models.Model):
    """The mean of all, by question, in thousandths, to which each place's mean is pulled."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    means = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="rating_prior_is_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return "mean of all ratings"
