"""The staff's record, with the law that nothing in it is ever changed, kept by the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION support_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of staff actions is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'staff_action_append_only';
END $$;

CREATE TRIGGER staff_action_append_only BEFORE UPDATE OR DELETE ON support_staffaction
    FOR EACH STATEMENT EXECUTE FUNCTION support_refuse_change();
"""

REVERSE = """
DROP TRIGGER staff_action_append_only ON support_staffaction;
DROP FUNCTION support_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("support", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)), fields=["id"], name="case_open"
            ),
        ),
        migrations.CreateModel(
            name="StaffAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(choices=[("pause_supplier", "Pause Supplier"), ("resume_supplier", "Resume Supplier"), ("stop_sale", "Stop Sale"), ("start_sale", "Start Sale"), ("ask_provider", "Ask Provider"), ("refund_order", "Refund Order"), ("clear_payment", "Clear Payment"), ("close_case", "Close Case")], max_length=20)),
                ("subject", models.CharField(max_length=60)),
                ("detail", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("actor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="staff_actions", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["subject", "action"], name="staff_action_of_subject")],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
