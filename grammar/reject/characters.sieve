if header :contains “subject” 'x' { keep; }
keep – discard;
