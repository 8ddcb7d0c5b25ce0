// Marks mail from outside in its subject, so that nobody takes it for a colleague's.
//
//   [scripts]
//   order = ["scripts/tag-subject.csx"]
//
//   [scripts.tag-subject]
//   tag = "[EXTERNAL]"

var tag = Settings.GetString("tag", "[EXTERNAL]");

OnEdit(message => message.IsIncoming && !message.Subject.StartsWith(tag)
    ? SetHeader("Subject", $"{tag} {message.Subject}")
    : Pass);
