// Refuses mail with attachments whose names end like those of programs; archives are not looked into.
//
//   [scripts.refuse-attachments]
//   endings = [".exe", ".js"]

var endings = Settings.GetStrings("endings", [".bat", ".cmd", ".com", ".exe", ".hta", ".js", ".lnk", ".pif", ".ps1", ".scr", ".vbs", ".wsf"]);

bool IsProgram(MessagePart part) =>
    part.FileName is { } name && endings.Any(ending => name.TrimEnd(' ', '.').EndsWith(ending, StringComparison.OrdinalIgnoreCase));

OnMessage(message =>
    message.Attachments.FirstOrDefault(IsProgram) is { } program ? Refuse($"Programs are not accepted by mail: {program.FileName}")
    : message.HasMoreParts ? Refuse("Too many parts to look at")
    : Pass);
