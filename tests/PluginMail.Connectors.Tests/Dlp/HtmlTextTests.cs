using PluginMail.Dlp.Text;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>HTML that browsers show and that tries not to be read.</summary>
public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("<title><a b=\"</title><p>SECRET", "SECRET")]
    [InlineData("<textarea><a b=\"</textarea>SECRET", "SECRET")]
    [InlineData("<xmp><a b=\"</xmp>SECRET", "SECRET")]
    [InlineData("<noembed><a b=\"</noembed>SECRET", "SECRET")]
    [InlineData("<noframes><a b=\"</noframes>SECRET", "SECRET")]
    [InlineData("<iframe><a b=\"</iframe >SECRET", "SECRET")]
    [InlineData("<style><!-- </style>SECRET", "SECRET")]
    [InlineData("<style>a<b</style>SECRET", "SECRET")]
    [InlineData("<STYLE>a</style/x=\"y\">SECRET", "SECRET")]
    [InlineData("<script>a</scripts></script\n>SECRET", "SECRET")]
    [InlineData("<script><!--<script></script><a b=\"</script>SECRET", "SECRET")]
    [InlineData("<script><!--<script>--></script>SECRET", "SECRET")]
    [InlineData("</ a=\">SECRET", "SECRET")]
    [InlineData("</>SEC</1 b='>RET", "SECRET")]
    [InlineData("<a\u00A0b=\">SECRET", "SECRET")]
    [InlineData("<a b=x\u000Bc=\">SECRET", "SECRET")]
    [InlineData("<a b=x\u0085c=\">SECRET", "SECRET")]
    [InlineData("<!--!><a b=\"-->SECRET", "SECRET")]
    [InlineData("<!-- --!-><a b=\"-->SECRET", "SECRET")]
    [InlineData("<svg><style></svg>SECRET", "SECRET")]
    [InlineData("<svg/><style><a b=\"</style>SECRET", "SECRET")]
    [InlineData("<svg><text><![CDATA[SEC<RET]]]></text></svg>", "SEC<RET]")]
    [InlineData("<math><![CDATA[<a b=\"]]>SECRET", "<a b=\"SECRET")]
    [InlineData("<svg><desc><style><a b=\"</style>SECRET", "SECRET")]
    [InlineData("<![CDATA[ a=\">SECRET", "SECRET")]
    public void What_is_shown_is_read(string html, string expected) => Assert.EndsWith(expected, Read(html), StringComparison.Ordinal);

    [Theory]
    [InlineData("<title>the &amp; word</title>", "the & word")]
    [InlineData("<textarea>one <b>two</textarea>", "one <b>two")]
    [InlineData("<xmp>one &amp; <b></xmp>", "one &amp; <b>")]
    [InlineData("a<plaintext>b<i>c</plaintext>", "a \nb<i>c</plaintext>")]
    public void Text_without_tags_is_text(string html, string expected) => Assert.Equal(expected, Read(html).Trim());

    [Theory]
    [InlineData("con&#102idential", "confidential")]
    [InlineData("con&#x66;idential", "confidential")]
    [InlineData("con&#X66idential", "confidential")]
    [InlineData("con&#0000000000000000000000000000000000000000102;idential", "confidential")]
    [InlineData("&eacutecole &notit; &notin;", "école ¬it; ∉")]
    [InlineData("a&Tab;b&NewLine;c&ZeroWidthSpace;d", "a\tb\nc\u200Bd")]
    [InlineData("con&filig;dential e&ffllig;x &fjlig;", "confidential efflx fj")]
    [InlineData("4012&hyphen;8888&period;a&commat;b", "4012\u20108888.a@b")]
    [InlineData("&#150;&#0;&#xD800;&#x110000;&#;&#x;&#", "–\uFFFD\uFFFD\uFFFD&#;&#x;&#")]
    [InlineData("&lt&ampx;&apos &AMP", "<&x;&apos &")]
    [InlineData("con<x>fid</x>ential", "confidential")]
    [InlineData("con<o:p></o:p>fid<img>en<script>x</script>tial", "confidential")]
    [InlineData("a<td>b<hr>c<main>d<li>e", "a \nb \nc \nd \ne")]
    public void Words_that_are_whole_on_the_screen_are_whole(string html, string expected) => Assert.Equal(expected, Read(html).TrimEnd());

    [Theory]
    [InlineData("a\r\n    b", "a b")]
    [InlineData("a \n\tb\nc", "a  b c")]
    [InlineData("a\n&amp; b", "a & b")]
    [InlineData("a\n< b", "a < b")]
    [InlineData("a\n<b> c</b>", "a c")]
    [InlineData("<pre>a\r\n  b</pre>\nc", "a\r\n  b \n c")]
    [InlineData("</pre><listing>a\nb</listing>c\nd", "a\nb \nc d")]
    [InlineData("<textarea>a\nb</textarea>c\nd", "a\nb \nc d")]
    public void A_line_end_is_a_blank_but_where_text_is_preformatted(string html, string expected) => Assert.Equal(expected, Read(html).Trim());

    private static string Read(string html)
    {
        var whole = new Extraction.Kept();
        var pieces = new Extraction.Kept();
        var (one, other) = (new HtmlText(whole), new HtmlText(pieces));
        one.Write(html);
        one.Break();
        foreach (char c in html)
        {
            other.Write([c]);
        }

        other.Break();
        Assert.Equal(whole.Text.ToString(), pieces.Text.ToString());
        return whole.Text.ToString().TrimEnd('\f');
    }
}
