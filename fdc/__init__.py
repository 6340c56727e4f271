"""fdc: honest AutoML for faces."""
