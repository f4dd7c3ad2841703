"""The Sopel plugins: they translate, call and send; no rule lives here."""
