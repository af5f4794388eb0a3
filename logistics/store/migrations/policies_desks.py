"""Who may see and change the tables of migrations 0018 and later, as SQL: as `policies`, in its words."""
