using System.Collections.Frozen;

namespace PluginMail.Dlp.Text;

/// <summary>Elements of HTML that are more to a reader of its text than their tags.</summary>
internal static class HtmlElements
{
    /// <summary>The element that nothing ends.</summary>
    public const string Endless = "plaintext";

    /// <summary>Elements that begin a line or a cell.</summary>
    public static readonly FrozenSet<string> Parting = new[]
    {
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
        "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "optgroup", "option", "p", Endless, "pre", "search",
        "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul", "xmp",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Elements whose content has no tags; of these, some are shown, and some of these have entities (13.2.6.2, 13.2.6.4.4, 13.2.6.4.7).</summary>
    public static readonly FrozenSet<string> Raw =
        new[] { "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", Endless }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Elements that are in no drawing or formula, and end it (13.2.6.5).</summary>
    public static readonly FrozenSet<string> EndForeign = new[]
    {
        "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head",
        "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup",
        "table", "tt", "u", "ul", "var", "/p", "/br",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Elements of drawings and formulas that hold HTML again.</summary>
    public static readonly FrozenSet<string> HoldHtml =
        new[] { "foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext" }.ToFrozenSet(StringComparer.Ordinal);
}
