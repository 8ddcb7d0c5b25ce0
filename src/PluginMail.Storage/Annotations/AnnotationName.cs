namespace PluginMail.Storage;

/// <summary>Names of annotations (RFC 5464 section 3.2). They are compared without regard to case.</summary>
public static class AnnotationName
{
    /// <summary>What private names begin with; also the name above them all.</summary>
    public const string Private = "/private";

    /// <summary>What shared names begin with; also the name above them all.</summary>
    public const string Shared = "/shared";

    /// <summary>The comment on a folder or the server (section 6.2), as everybody sees it.</summary>
    public const string SharedComment = "/shared/comment";

    /// <summary>How to reach who runs the server: a URI (section 6.2.1).</summary>
    public const string SharedAdmin = "/shared/admin";

    /// <summary>Octets of the longest name.</summary>
    public const int MaximumLength = 256;

    /// <summary>The most parts that a name has.</summary>
    public const int MaximumDepth = 16;

    /// <summary>Whether a text names an entry: ASCII without controls, <c>*</c> and <c>%</c>, below <c>/private</c> or <c>/shared</c>, no empty part.</summary>
    /// <param name="name">The text.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsEntry(string name) => IsTree(name) && name.IndexOf('/', 1) > 0;

    /// <summary>Whether a text names an entry, or <c>/private</c> or <c>/shared</c> above them, whose trees can be read.</summary>
    /// <param name="name">The text.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsTree(string name) =>
        name.Length <= MaximumLength && (IsPrivate(name) || IsUnder(name, Shared)) && name[^1] != '/' && !name.Contains("//", StringComparison.Ordinal)
        && name.AsSpan().Count('/') <= MaximumDepth && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.AsSpan().ContainsAny('*', '%');

    /// <summary>Whether a name is private to a login.</summary>
    /// <param name="name">A name.</param>
    /// <returns>Whether it is <c>/private</c> or below.</returns>
    public static bool IsPrivate(string name) => IsUnder(name, Private);

    /// <summary>Whether a name is another, or below it.</summary>
    /// <param name="name">A name.</param>
    /// <param name="above">Another.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsUnder(string name, string above) =>
        name.StartsWith(above, StringComparison.OrdinalIgnoreCase) && (name.Length == above.Length || name[above.Length] == '/');

    /// <summary>Whether a name is asked for by another and a depth.</summary>
    /// <param name="name">A name.</param>
    /// <param name="asked">What is asked for.</param>
    /// <param name="depth">And how much below it.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsWithin(string name, string asked, AnnotationDepth depth) => IsUnder(name, asked) && depth switch
    {
        AnnotationDepth.Infinity => true,
        AnnotationDepth.One => name.AsSpan(asked.Length).LastIndexOf('/') <= 0,
        _ => name.Length == asked.Length,
    };
}
