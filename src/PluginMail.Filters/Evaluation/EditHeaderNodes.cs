using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>addheader (RFC 5293 section 4).</summary>
internal sealed class AddHeaderNode(
    SourceSpan span, StringExpression name, StringExpression value, bool last, int longestValue, ImmutableHashSet<string> unaddable) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        var field = name.Text(run);
        var text = value.Text(run);
        if (!run.Acts || unaddable.Contains(field) || run.Input.Context.ProtectedFields.Contains(field))
        {
            return Flow.Next;
        }

        var most = Math.Min(longestValue, run.Limits.FieldCharacters);
        if (!HeaderBlock.IsFieldName(field) || text.Length > most)
        {
            run.Fail(FilterCodes.BadRunTimeValue, $"addheader needs the name of a field and at most {most} characters of value.", Span);
            return Flow.Stop;
        }

        text = Clean(text);
        run.Change(new MessageChange.Header(last ? new MimeHeaderEdit.Append(field, text) : new MimeHeaderEdit.Prepend(field, text)), Span);
        return Flow.Next;
    }

    /// <summary>Whatever would end the field early or be no text becomes a space.</summary>
    private static string Clean(string text) =>
        string.Concat(text.Replace("\r\n", "\n", StringComparison.Ordinal).Select(character => char.IsControl(character) && character != '\t' ? ' ' : character)).Trim();
}

/// <summary>deleteheader (RFC 5293 section 5).</summary>
/// <param name="span">The command.</param>
/// <param name="name">The field's name.</param>
/// <param name="index">The field that counts, from 1 the first or from -1 the last; null: all.</param>
/// <param name="patterns">What its value must match; null: any.</param>
/// <param name="undeletable">Fields that stay.</param>
internal sealed class DeleteHeaderNode(
    SourceSpan span, StringExpression name, int? index, TestNode? patterns, ImmutableHashSet<string> undeletable) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        var field = name.Text(run);
        if (!run.Acts || undeletable.Contains(field) || run.Input.Context.ProtectedFields.Contains(field))
        {
            return Flow.Next;
        }

        var values = run.Input.Message.GetHeader(field);
        if (index is null && patterns is null)
        {
            if (values.Count > 0)
            {
                run.Change(new MessageChange.Header(new MimeHeaderEdit.Remove(field)), Span);
            }

            return Flow.Next;
        }

        // From the last to the first, so that the numbers of those still to be looked at stay what they are.
        for (var i = values.Count - 1; i >= 0 && !run.IsHalted; i--)
        {
            if ((index is null || i == Wanted(values.Count)) && (patterns is null || Matches(patterns, values[i], run)))
            {
                run.Change(new MessageChange.Header(new MimeHeaderEdit.Remove(field, i + 1)), Span);
            }
        }

        return Flow.Next;
    }

    private static bool Matches(TestNode patterns, byte[] value, FilterRun run)
    {
        run.Candidate = [new TextValue(value)];
        return patterns.Test(run);
    }

    private int Wanted(int count) => index is > 0 and var first ? first - 1 : count + index.GetValueOrDefault();
}
