using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>Finds the Authentication-Results fields that must not come in from outside (RFC 8601 section 5).</summary>
internal static class ForgedResults
{
    private const string FieldName = "Authentication-Results";
    private const int MaximumRemovals = 64; // each walks the header; who forges more than that is worth no other field either

    /// <summary>The edits that remove them: those that bear our name, those whose name cannot be read, or all.</summary>
    public static IEnumerable<MimeHeaderEdit> Remove(HeaderFields header, string authservId, bool removesAll)
    {
        IReadOnlyList<int> fields = header.Find(FieldName);
        int[] forged = [.. Enumerable.Range(0, fields.Count).Where(i => removesAll || IsForged(header.ValueOf(fields[i]).Span, authservId))];
        if (!header.IsComplete || forged.Length > MaximumRemovals || (forged.Length > 0 && forged.Length == fields.Count))
        {
            return [new MimeHeaderEdit.Remove(FieldName)];
        }

        return forged.Reverse().Select(i => new MimeHeaderEdit.Remove(FieldName, i + 1)); // from below, so that the numbers stay true
    }

    private static bool IsForged(ReadOnlySpan<byte> value, string authservId) =>
        ResultsReader.ReadAuthservId(value) is not { } id || id.TrimEnd('.').Equals(authservId, StringComparison.OrdinalIgnoreCase);
}
