// Sends mail that names a team in its header, as "X-Team: billing", to that team instead of to whom it was addressed.

var teams = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
{
    ["billing"] = "accounts@example.org",
    ["press"] = "office@example.org",
};

OnEdit(message => message.Header("X-Team") is { } team && teams.TryGetValue(team, out var mailbox)
    ? RedirectTo(message, mailbox)
    : Pass);
