"""What every Centerline process stands on: settings, clock, ids, logs, metrics, supervision, errors."""
