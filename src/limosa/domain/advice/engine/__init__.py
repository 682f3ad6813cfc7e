"""Pure rules: what days of use would have cost with a plan, and which plans cost least.

No Django.
"""
