"""Price lists, pricing rules and proposals."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceEnding',
            fields=[
                ('currency', models.CharField(max_length=3, primary_key=True, serialize=False)),
                ('step_minor', models.PositiveIntegerField()),
                ('ending_minor', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('step_minor__gt', 0), ('ending_minor__lt', models.F('step_minor'))), name='price_ending_within_its_step')],
            },
        ),
        migrations.CreateModel(
            name='PriceSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.SlugField()),
                ('file_name', models.CharField(blank=True, max_length=255)),
                ('state', models.CharField(choices=[('fetching', 'fetching'), ('whole', 'whole'), ('failed', 'failed')], default='fetching', max_length=10)),
                ('plans', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(blank=True, null=True)),
                ('asked_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('failure', models.CharField(blank=True, max_length=10)),
                ('failed_plan', models.CharField(blank=True, max_length=200)),
                ('by_kind', models.JSONField(default=dict)),
                ('left_out', models.JSONField(default=dict)),
                ('previous', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='wholesale.pricesheet')),
            ],
        ),
        migrations.CreateModel(
            name='PriceProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('price', 'price'), ('back', 'back'), ('gone', 'gone'), ('cost_above_price', 'cost_above_price'), ('refused', 'refused')], max_length=20)),
                ('state', models.CharField(choices=[('open', 'open'), ('applied', 'applied'), ('rejected', 'rejected'), ('overtaken', 'overtaken')], default='open', max_length=10)),
                ('supplier', models.SlugField()),
                ('cost_minor', models.BigIntegerField(blank=True, null=True)),
                ('cost_currency', models.CharField(blank=True, max_length=3)),
                ('prices_before', models.JSONField(default=dict)),
                ('prices_after', models.JSONField(default=dict)),
                ('rule', models.CharField(blank=True, max_length=50)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('rate_days', models.JSONField(default=dict)),
                ('steepest_basis_points', models.BigIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='price_proposals_decided', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_proposals', to='catalog.plan')),
                ('sheet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='wholesale.pricesheet')),
            ],
        ),
        migrations.CreateModel(
            name='ListedPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.SlugField(db_index=False)),
                ('code', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('use', models.CharField(choices=[('new_esim', 'new_esim'), ('renewal', 'renewal'), ('either', 'either')], max_length=10)),
                ('cost_minor', models.BigIntegerField()),
                ('cost_currency', models.CharField(max_length=3)),
                ('volume_bytes', models.BigIntegerField(blank=True, null=True)),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None)),
                ('daily_bytes', models.BigIntegerField(blank=True, null=True)),
                ('throttled_kbps', models.BigIntegerField(blank=True, null=True)),
                ('activation', models.CharField(choices=[('order', 'order'), ('installation', 'installation'), ('first_use', 'first_use'), ('unknown', 'unknown')], max_length=12)),
                ('day_zone', models.CharField(blank=True, max_length=60)),
                ('exit_country', models.CharField(blank=True, max_length=60)),
                ('is_renewable', models.BooleanField(blank=True, null=True)),
                ('renewed_by', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                ('rules', models.JSONField(default=dict)),
                ('since', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brought', to='wholesale.pricesheet')),
                ('until', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='wholesale.pricesheet')),
            ],
        ),
        migrations.CreateModel(
            name='ListChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('new', 'new'), ('gone', 'gone'), ('dearer', 'dearer'), ('cheaper', 'cheaper'), ('other', 'other')], max_length=10)),
                ('code', models.CharField(max_length=200)),
                ('other_rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=260), default=list, size=None)),
                ('after', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wholesale.listedplan')),
                ('before', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wholesale.listedplan')),
                ('sheet', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='wholesale.pricesheet')),
            ],
        ),
        migrations.CreateModel(
            name='PricingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('position', models.PositiveSmallIntegerField()),
                ('supplier', models.SlugField(blank=True, db_index=False)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('least_bytes', models.BigIntegerField(blank=True, null=True)),
                ('below_bytes', models.BigIntegerField(blank=True, null=True)),
                ('margin_basis_points', models.PositiveIntegerField()),
                ('least_margin_minor', models.BigIntegerField(default=0)),
                ('least_margin_currency', models.CharField(default='USD', max_length=3)),
                ('up_basis_points', models.PositiveIntegerField(default=0)),
                ('down_basis_points', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('least_margin_minor__gte', 0)), name='pricing_rule_margin_not_negative')],
            },
        ),
        migrations.AddIndex(
            model_name='pricesheet',
            index=models.Index(condition=models.Q(('state', 'whole')), fields=['supplier', '-id'], name='sheet_newest'),
        ),
        migrations.AddIndex(
            model_name='pricesheet',
            index=models.Index(fields=['supplier', '-id'], name='sheet_by_supplier'),
        ),
        migrations.AddConstraint(
            model_name='pricesheet',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'fetching')), fields=('supplier',), name='sheet_fetched_once'),
        ),
        migrations.AddConstraint(
            model_name='pricesheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('failure', ''), ('state', 'fetching')), models.Q(('done_at__isnull', False), ('failure', ''), ('state', 'whole')), models.Q(('done_at__isnull', False), ('failure__in', ['no_answer', 'twice', 'short', 'empty', 'endless', 'unfit', 'abandoned']), ('state', 'failed')), _connector='OR'), name='sheet_state_has_its_time'),
        ),
        migrations.AddIndex(
            model_name='priceproposal',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='price_proposal_open'),
        ),
        migrations.AddConstraint(
            model_name='priceproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('plan',), name='price_proposal_open_once'),
        ),
        migrations.AddConstraint(
            model_name='priceproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'refused'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('kind', 'refused'), _negated=True), ('reason', '')), _connector='OR'), name='price_proposal_refused_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='priceproposal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['price', 'back', 'gone', 'cost_above_price', 'refused'])), name='price_proposal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='priceproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('state__in', ['applied', 'rejected', 'overtaken'])), _connector='OR'), name='price_proposal_state_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='listedplan',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('supplier', 'code'), name='listed_plan_current_once'),
        ),
        migrations.AddConstraint(
            model_name='listedplan',
            constraint=models.CheckConstraint(condition=models.Q(('cost_minor__gte', 0)), name='listed_plan_cost_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='listedplan',
            constraint=models.CheckConstraint(condition=models.Q(('use__in', ['new_esim', 'renewal', 'either']), ('activation__in', ['order', 'installation', 'first_use', 'unknown'])), name='listed_plan_words_known'),
        ),
        migrations.AddConstraint(
            model_name='listchange',
            constraint=models.UniqueConstraint(fields=('sheet', 'code'), name='list_change_once'),
        ),
        migrations.AddConstraint(
            model_name='listchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after__isnull', False), ('before__isnull', True), ('kind', 'new')), models.Q(('after__isnull', True), ('before__isnull', False), ('kind', 'gone')), models.Q(('after__isnull', False), ('before__isnull', False), ('kind__in', ['dearer', 'cheaper', 'other'])), _connector='OR'), name='list_change_has_its_editions'),
        ),
    ]
