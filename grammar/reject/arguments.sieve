require ["fileinto", "copy"];
fileinto;
fileinto 5;
fileinto ["A"];
fileinto ["A", "B"];
fileinto "A" "B";
fileinto "A" :copy;
fileinto :copy :copy "A";
keep true;
keep { discard; }
if true;
header "subject" "x";
if keep { discard; }
if { keep; }
if header :is :contains "subject" "x" { keep; }
if header :comparator "subject" { keep; }
