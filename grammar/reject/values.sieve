require ["fileinto", "envelope"];
fileinto "";
redirect "nobody";
redirect "a@b.example, c@d.example";
if envelope "form" "x" { keep; }
if address "subject" "x" { keep; }
if header :comparator "i;asci-casemap" "subject" "x" { keep; }
if header :comparator "i;unicode-casemap" "subject" "x" { keep; }
if direction "outgoign" { keep; }
if sender :envelope :name "x" { keep; }
if sender :localpart :within "x.example" { keep; }
