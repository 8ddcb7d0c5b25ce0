require "enclose";
enclose :subject "Warning" text:
This message was enclosed.
.
;
