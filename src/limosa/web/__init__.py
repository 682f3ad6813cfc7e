"""What people see over HTTP. Views are thin: parse, call one operation, render."""
