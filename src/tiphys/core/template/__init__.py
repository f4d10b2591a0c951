"""Tags, `when`, `depends` and the catalogue of variables."""
