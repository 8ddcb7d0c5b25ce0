if header :matches "subject" "50\*" { keep; }
if header :is ["from", "to"] "tim@example.com" { keep; }
if header :is "subject" "tim@example.com" { keep; }
