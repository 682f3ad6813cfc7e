"""What `limosa bench smdp` measures: phones that download profiles from the built-in SM-DP+."""
