if header :contains "subject" ["a" "b", ] { keep; }
if (true) { keep; }
if anyof true { keep; }
else if false { keep; }
if allof (true false { keep; }
keep;
}
discard
