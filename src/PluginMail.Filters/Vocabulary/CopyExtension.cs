namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "copy" (RFC 3894): :copy leaves the implicit keep as it is.</summary>
internal static class CopyExtension
{
    private static TagSignature Copy { get; } =
        new("copy", "in addition to whatever else happens: the implicit keep stays") { Capability = "copy" };

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("copy", "the tag :copy of fileinto and redirect", "RFC 3894"))
        .AddTag("fileinto", Copy)
        .AddTag("redirect", Copy);
}
