if size :over 99999999999999999999 { keep; }
if size :over 9223372036854775807G { keep; }
if size :over 10MB { keep; }
if size :over 5x { keep; }
if size 5M { keep; }
if size :over :under 5M { keep; }
if size :over 1 :under 5M { keep; }
