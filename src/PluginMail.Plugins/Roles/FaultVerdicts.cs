using PluginMail.Abstractions;

namespace PluginMail.Plugins.Roles;

/// <summary>The verdicts that stand in for a fault. The reply does not name the plugin: that is nobody's business outside.</summary>
internal static class FaultVerdicts
{
    private static readonly Verdict Defer =
        Verdict.Defer(SmtpReply.LocalError("A check of this message could not be made; please try again later"));

    private static readonly Verdict Refuse = Verdict.Refuse(SmtpReply.PolicyRefusal("A check that this message must pass could not be made"));

    public static Verdict For(OnFault onFault) => onFault switch
    {
        OnFault.Pass => Verdict.Pass,
        OnFault.Refuse => Refuse,
        _ => Defer,
    };
}
