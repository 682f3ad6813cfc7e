from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0017_lost_in_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='settlement',
            name='looked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
