import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='IndexState',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('built_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='search_state_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='PlanEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.SlugField(db_index=False)),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('days', models.PositiveIntegerField()),
                ('volume_bytes', models.BigIntegerField(blank=True, null=True)),
                ('facets', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('generations', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['facets'], name='search_entry_by_facets'), models.Index(fields=['currency', 'amount_minor', 'plan'], name='search_entry_by_price')],
                'constraints': [models.UniqueConstraint(fields=('plan', 'currency'), name='search_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='TermRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=7)),
                ('form', models.PositiveSmallIntegerField()),
                ('targets', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('label', models.CharField(blank=True, max_length=80)),
                ('popularity', models.PositiveSmallIntegerField()),
                ('shortened', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
            ],
            options={
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass('key', name='text_pattern_ops'), name='search_term_by_beginning'), django.contrib.postgres.indexes.GinIndex(fields=['shortened'], name='search_term_by_error')],
                'constraints': [models.UniqueConstraint(fields=('key', 'kind', 'form', 'targets'), name='search_term_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['place', 'carrier'])), name='search_term_kind_known')],
            },
        ),
    ]
