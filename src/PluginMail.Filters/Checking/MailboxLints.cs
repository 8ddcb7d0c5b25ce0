using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings that need the folders and addresses of the mailbox that a script is for.</summary>
internal static class MailboxLints
{
    /// <summary>An action's folder that is not there; filing makes it, which is seldom meant where one of nearly that name exists.</summary>
    public static void UnknownFolders(BoundScript script, DiagnosticBag diagnostics)
    {
        if (script.Mailbox is not { } mailbox)
        {
            return;
        }

        foreach (var folder in script.All().Where(word => word.Word.Kind == WordKind.Action && !word.Has("create") && !word.Has("specialuse")).SelectMany(Folders))
        {
            var name = folder.Value.Constant;
            if (!folder.Value.IsConstant || mailbox.HasFolder(name))
            {
                continue;
            }

            var nearest = Spelling.Nearest(name, mailbox.Folders.Select(known => known.ToLowerInvariant()));
            var known = mailbox.Folders.FirstOrDefault(candidate => candidate.Equals(nearest, StringComparison.OrdinalIgnoreCase));
            diagnostics.Add(
                FilterCodes.UnknownFolder, folder.Syntax.Span,
                $"The mailbox has no folder \"{name}\"{(known is null ? "; it is made when a message is filed there." : $"; did you mean \"{known}\"?")}",
                known is null ? null : TextEdit.Replace(folder.Syntax.Span, ValueChecker.Quote(known), $"write \"{known}\""));
        }
    }

    /// <summary>A redirect to an address of the mailbox itself.</summary>
    public static void RedirectToOneself(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var word in script.All().Where(word => word.Word.Name == "redirect" && word.TextAt(0).IsConstant))
        {
            var address = MailAddress.Bare(word.TextAt(0).Constant);
            if (script.Mailbox?.HasAddress(address) == true)
            {
                diagnostics.Add(
                    FilterCodes.RedirectLoop, word.Arguments[0].Span,
                    $"\"{address}\" is an address of this mailbox: the message would come back to this script.");
            }
        }
    }

    /// <summary>A vacation whose :addresses leave one of the owner's addresses out (RFC 5230 4.5).</summary>
    public static void VacationMissesAddress(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var word in script.All().Where(word => word.Word.Name == "vacation"))
        {
            if (word.ValueOf("addresses") is not BoundStrings named || script.Mailbox is null || named.Strings.Any(text => !text.Value.IsConstant))
            {
                continue;
            }

            var missing = script.Mailbox.Addresses.Skip(1).FirstOrDefault(
                address => !named.Strings.Any(text => MailAddress.Bare(text.Value.Constant).Equals(address, StringComparison.OrdinalIgnoreCase)));
            if (missing is not null)
            {
                diagnostics.Add(
                    FilterCodes.VacationMissesAddress, named.Span, $"`:addresses` leaves out \"{missing}\", which is an address of this mailbox too.",
                    named.Span.Start < named.Strings[0].Syntax.Span.Start ? TextEdit.Insert(named.Strings[^1].Syntax.Span.End, $", {ValueChecker.Quote(missing)}", $"add \"{missing}\"") : null);
            }
        }
    }

    private static IEnumerable<BoundString> Folders(BoundWord word)
    {
        var arguments = word.Arguments.Select((value, i) => (Value: (BoundValue?)value, word.Word.Parameters[i].Meaning));
        var tags = word.Tags.Select(tag => (tag.Value, Meaning: tag.Signature.Value?.Meaning ?? ValueMeaning.Any));
        return arguments.Concat(tags)
            .Where(pair => pair.Meaning is ValueMeaning.Folder or ValueMeaning.FolderOrAddress)
            .SelectMany(pair => pair.Value is BoundStrings strings ? strings.Strings : [])
            .Where(text => !MailAddress.IsAddress(text.Value.Constant));
    }
}
