using System.Text;

namespace PluginMail.MailAuth;

/// <summary>What this server found of a message when it came in, as it stands in the message.</summary>
internal static class RecordedResults
{
    private const string FieldName = "Authentication-Results";

    /// <summary>Finds the newest Authentication-Results in this server's name.</summary>
    /// <returns>The state of the chain as it came, and the field's value; null without a field, and where no seal may follow from it.</returns>
    public static (ArcResult Arc, string Results)? Find(HeaderFields header, ArcChain chain, string authservId)
    {
        foreach (int index in header.Find(FieldName))
        {
            ReadOnlySpan<byte> value = header.ValueOf(index).Span;
            if (ResultsReader.TryRead(value) is { } results && results.AuthservId.Equals(authservId, StringComparison.OrdinalIgnoreCase))
            {
                return StateOf(results, header, chain, authservId) is { } state
                    ? (state, Encoding.UTF8.GetString(value).ReplaceLineEndings("\r\n").TrimEnd())
                    : null;
            }
        }

        return null;
    }

    // A chain that came broken gets no further seal. One that is there although none came, or whose newest set is ours, was sealed here before.
    private static ArcResult? StateOf(AuthenticationResults results, HeaderFields header, ArcChain chain, string authservId) =>
        results.Results.FirstOrDefault(result => result.Method == "arc")?.Result switch
        {
            null when chain.Sets.Count == 0 => ArcResult.None,
            "pass" when chain is { Problem: null, Sets.Count: > 0 } && !IsOurs(header, chain.Sets[^1], authservId) => ArcResult.Pass,
            _ => null,
        };

    // "i=1; authserv-id; …"
    private static bool IsOurs(HeaderFields header, ArcSet newest, string authservId)
    {
        ReadOnlySpan<byte> value = header.ValueOf(newest.Results).Span;
        return ResultsReader.ReadAuthservId(value[(value.IndexOf((byte)';') + 1)..]) is not { } id || id.Equals(authservId, StringComparison.OrdinalIgnoreCase);
    }
}
