"""The business. Each package may import only packages further down this list:
track_record, support, autorenewal, advice, renewals | shelf | ratings, ordering,
payments | charging | promotions | wholesale | payables | redemption | wallets,
connectivity | ledger, esims | rsp | search, coverage, catalog, accounts, notifications | devices,
rows | encryption | sql_files | watching | http. The direction is checked (pyproject.toml,
import-linter)."""
