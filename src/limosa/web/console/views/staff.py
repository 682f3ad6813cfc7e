"""The staff: who they are, their roles, and adding and removing them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.domain.support.duties import MAY
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.add_staff import add_staff
from limosa.domain.support.operations.change_staff_role import change_staff_role
from limosa.domain.support.operations.remove_staff import remove_staff
from limosa.foundation.errors import DomainRefusal
from limosa.web.console.access import staff_action_page
from limosa.web.console.words import ACTIONS
from limosa.web.origin import origin_of
from limosa.web.wording.refusals import refusal_text
from limosa.web.wording.words import ROLES


def _roles() -> list[tuple[str, str]]:
    return [(role.value, str(ROLES[role])) for role in StaffRole]


class RoleForm(forms.Form):
    """The role of a member."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=_roles,
        error_messages={
            "required": _("Choose a role."),
            "invalid_choice": _("Choose one of the roles."),
        },
    )


class AddStaffForm(RoleForm):
    """A new member of the staff."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        error_messages={
            "required": _("Please enter the email address."),
            "invalid": _("Please enter an email address such as name@example.com."),
        },
    )
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=60,
        required=False,
        error_messages={"max_length": _("Please use fewer than %(limit_value)d characters.")},
    )
    field_order = ["email", "name", "role"]


@staff_action_page(AuditAction.ADD_STAFF)
def staff_list(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List all staff, with what each role may do."""
    return _page(request, staff, AddStaffForm(initial={"role": StaffRole.SUPPORT}))


@staff_action_page(AuditAction.ADD_STAFF)
@require_POST
def add(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Add somebody, who is mailed how to continue."""
    form = AddStaffForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, form, status=422)
    wanted = form.cleaned_data
    try:
        person = add_staff(
            email=wanted["email"],
            role=StaffRole(wanted["role"]),
            name=wanted["name"],
            actor=staff,
            origin=origin_of(request),
            now=timezone.now(),
        )
    except DomainRefusal as refusal:
        form.add_error("email", refusal_text(refusal))
        return _page(request, staff, form, status=422)
    messages.success(
        request,
        gettext("%(email)s was added. They get an email explaining what to do next.")
        % {"email": person.email},
    )
    return redirect("console:staff")


@staff_action_page(AuditAction.CHANGE_STAFF)
@require_POST
def change(request: HttpRequest, staff: Subscriber, person_id: int) -> HttpResponse:
    """Change somebody's role."""
    person = get_object_or_404(Subscriber.objects.exclude(staff_role=""), pk=person_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose one of the roles."))
        return redirect("console:staff")
    try:
        change_staff_role(
            person_id=person_id,
            role=StaffRole(form.cleaned_data["role"]),
            actor=staff,
            origin=origin_of(request),
            now=timezone.now(),
        )
    except DomainRefusal as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(
            request,
            gettext("The role of %(email)s was saved and applies from now on.")
            % {"email": person.email},
        )
    return redirect("console:staff")


@staff_action_page(AuditAction.REMOVE_STAFF)
def remove(request: HttpRequest, staff: Subscriber, person_id: int) -> HttpResponse:
    """Ask for confirmation, then remove somebody from the staff."""
    person = get_object_or_404(Subscriber.objects.exclude(staff_role=""), pk=person_id)
    if request.method != "POST":
        return render(request, "console/remove_staff.html", {"person": person, "staff": staff})
    try:
        remove_staff(
            person_id=person_id, actor=staff, origin=origin_of(request), now=timezone.now()
        )
    except DomainRefusal as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(
            request,
            gettext("%(email)s is no longer a member of the staff.") % {"email": person.email},
        )
    return redirect("console:staff")


def _page(
    request: HttpRequest, staff: Subscriber, form: AddStaffForm, status: int = 200
) -> HttpResponse:
    rows = [
        (person, RoleForm(initial={"role": person.staff_role}, auto_id=f"id_{person.pk}_%s"))
        for person in Subscriber.objects.exclude(staff_role="").order_by("id")
    ]
    duties = [
        (ACTIONS[action], [role in roles for role in StaffRole]) for action, roles in MAY.items()
    ]
    context = {"rows": rows, "form": form, "duties": duties, "staff": staff}
    return render(
        request, "console/staff.html", context | {"roles": list(ROLES.values())}, status=status
    )
