require ["fileinto", "imap4flags", "include", "vacation", "copy"];
#SCRIPTNAME:Lists
#ENDSCRIPTNAME
if header :contains "list-id" "kde.example.org"
{
    fileinto :copy "inbox/lists";
    stop;
}
#SCRIPTNAME:Flags
if anyof (header :is "X-Spam-Flag" "YES"
, address :all :matches "from" "*@spam.example")
{
    setflag "\\Deleted";
    discard;
}
elsif not size :under 200K
{
    addflag "large";
    keep;
}
else
{
    keep;
}
#SCRIPTNAME:Vacation
# EDITOR mail-client
if not header :contains "X-Spam-Flag" "YES" {
  vacation :addresses [ "Me <me@example.org>", "me@example.com" ] :days 7 text:
I am out of office.
.
;
}
