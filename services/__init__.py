"""The four services of Centerline."""
