using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about dates (RFC 5260).</summary>
internal static class DateLints
{
    /// <summary>date "date" with a time of day or a weekday: the sender's clock is asked, where mostly the present time is meant.</summary>
    public static void DateOfMessage(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var word in script.All().Where(word => word.Word.Name == "date" && word.Arguments.Length >= 2))
        {
            if (!Is(word, 0, "date") || !(Is(word, 1, "hour") || Is(word, 1, "minute") || Is(word, 1, "time") || Is(word, 1, "weekday")))
            {
                continue;
            }

            var header = word.Arguments[0].Span;
            var tags = script.Syntax.Text.Slice(Syntax.SourceSpan.Between(word.Syntax.NameSpan.End, header.Start)).TrimEnd();
            diagnostics.Add(
                FilterCodes.DateOfMessage, word.Syntax.NameSpan,
                "`date \"date\"` asks when the sender says the message was written; `currentdate` asks what time it is now.",
                TextEdit.Replace(
                    Syntax.SourceSpan.Between(word.Syntax.NameSpan.Start, header.End), $"currentdate{tags}", "write `currentdate`"));
        }
    }

    private static bool Is(BoundWord word, int argument, string text) =>
        word.Word.Parameters[argument].Kind != ValueKind.Number && word.TextAt(argument).Constant.Equals(text, StringComparison.OrdinalIgnoreCase);
}
