from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0012_note_finding'),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='guard',
            field=models.CharField(choices=[('entries', 'Entries'), ('wallets', 'Wallets'), ('usage', 'Usage'), ('payments', 'Payments'), ('orders', 'Orders'), ('delivery', 'Delivery'), ('inbox', 'Inbox'), ('suspense', 'Suspense'), ('clearing', 'Clearing'), ('journal', 'Journal')], max_length=20),
        ),
        migrations.AlterField(
            model_name='guardround',
            name='guard',
            field=models.CharField(choices=[('entries', 'Entries'), ('wallets', 'Wallets'), ('usage', 'Usage'), ('payments', 'Payments'), ('orders', 'Orders'), ('delivery', 'Delivery'), ('inbox', 'Inbox'), ('suspense', 'Suspense'), ('clearing', 'Clearing'), ('journal', 'Journal')], max_length=20, primary_key=True, serialize=False),
        ),
    ]
