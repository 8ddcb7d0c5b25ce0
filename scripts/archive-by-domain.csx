// Copies all mail from and to some domains, and those below them, to an archive.
//
//   [scripts.archive-by-domain]
//   domains = ["example.com"]
//   archive = "archive@example.org"

var domains = Settings.GetStrings("domains", ["example.com"]);
var archive = Settings.GetString("archive", "archive@example.org");

OnMessage(message =>
    domains.Any(domain => message.Sender.IsIn(domain) || message.Recipients.Any(recipient => recipient.IsIn(domain)))
        ? CopyTo(archive)
        : Pass);
