"""Profiles by download (SGP.22). Owns: ProfileType, Profile, DownloadOrder, ProgressReport,
DownloadSession, ReceivedNotification. Promises: a profile belongs to one open order, and an order
binds one eUICC, whatever arrives at once; packages and secrets are stored encrypted. Callers: the
SM-DP+'s server and the commands, through operations/."""
