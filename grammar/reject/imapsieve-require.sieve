require "environment";
if environment "imap.cause" "COPY" { discard; }
