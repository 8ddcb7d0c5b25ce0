using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>Values of actions that the checker could not look at because they are made of variables.</summary>
internal static class RunTimeValues
{
    /// <summary>A folder's name; null, and the run ends, where it cannot be one.</summary>
    public static string? Folder(this FilterRun run, StringExpression expression, SourceSpan at)
    {
        if (expression.IsConstant)
        {
            return expression.Constant;
        }

        var octets = expression.Evaluate(run);
        if (FolderNames.FaultOf(octets.Span) is { } fault)
        {
            run.Fail(FilterCodes.BadRunTimeValue, fault, at);
            return null;
        }

        return System.Text.Encoding.UTF8.GetString(octets.Span);
    }

    /// <summary>A mail address without a name; null, and the run ends, where it is none.</summary>
    public static string? Address(this FilterRun run, StringExpression expression, SourceSpan at)
    {
        var text = expression.Text(run);
        if (expression.IsConstant || MailAddress.IsSieveAddress(text))
        {
            return MailAddress.Bare(text);
        }

        run.Fail(FilterCodes.BadRunTimeValue, $"\"{Shorten(text)}\" is no mail address.", at);
        return null;
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 99), "…");
}
