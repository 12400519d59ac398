"""The services of Centerline: four that work on events, and the console, which shows what they answer."""
