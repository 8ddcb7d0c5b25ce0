using System.Collections.Immutable;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[annotations]</c>: the server's shared annotations (RFC 5464), which clients and filters read; the keys are their names.</summary>
public sealed record AnnotationOptions
{
    private const string Prefix = "/shared/";
    private const string Comment = "/shared/comment";
    private const string Admin = "/shared/admin";
    private const int MostEntries = 100;
    private const int LongestName = 256;
    private const int DeepestName = 16;
    private const int LongestValue = 4096;

    /// <summary>Names, compared without regard to case, with their values. Default none; an empty value sets none.</summary>
    public IReadOnlyDictionary<string, string> Entries { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    internal static AnnotationOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("annotations");
        var entries = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in table.Keys)
        {
            string value = table.GetString(name, "");
            if (!IsName(name))
            {
                table.Reject(name, $"a name like \"{Comment}\" or \"/shared/vendor/example/motd\"");
            }
            else if (value.Length > LongestValue || value.Contains('\0', StringComparison.Ordinal))
            {
                table.Reject(name, $"up to {LongestValue} characters without NUL");
            }
            else if (value.Length > 0 && name.Equals(Admin, StringComparison.OrdinalIgnoreCase) && !Uri.TryCreate(value, UriKind.Absolute, out _))
            {
                table.Reject(name, "a URI like \"mailto:postmaster@example.org\"");
            }
            else if (value.Length > 0 && (entries.Count == MostEntries || !entries.TryAdd(name, value)))
            {
                table.Reject(name, $"each name once, in any case, and at most {MostEntries}");
            }
        }

        return new AnnotationOptions { Entries = entries.ToImmutable() };
    }

    private static bool IsName(string name) =>
        name.Length <= LongestName && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length && name[^1] != '/'
        && !name.Contains("//", StringComparison.Ordinal) && name.AsSpan().Count('/') <= DeepestName
        && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') && name.AsSpan().IndexOfAny('*', '%') < 0;
}
