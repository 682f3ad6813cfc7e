"""What people and machines see over HTTP. Views are thin: parse, call one operation, render."""
