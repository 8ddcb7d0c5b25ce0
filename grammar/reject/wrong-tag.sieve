if subject :starts-with "Invoice" { keep; }
if subject :start_with "Invoice" { keep; }
if subject :colour "Invoice" { keep; }
