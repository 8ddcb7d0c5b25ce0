using System.Text;

namespace PluginMail.Imap;

/// <summary>What a session announces (RFC 3501 section 7.2.1): exactly what it does now.</summary>
internal static class Capabilities
{
    private const string Always = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE";

    private const string SignedIn =
        " NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN SPECIAL-USE CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS"
        + " QUOTA QUOTA=RES-STORAGE METADATA LIST-METADATA";

    /// <summary>The names, as they stand behind CAPABILITY.</summary>
    /// <param name="session">Whose.</param>
    public static string Of(ImapSession session)
    {
        if (session.State != SessionStates.NotAuthenticated)
        {
            return Always + SignedIn;
        }

        bool isEncrypted = session.Connection.IsEncrypted;
        var text = new StringBuilder(Always);
        if (session.Connection.CanStartTls)
        {
            text.Append(" STARTTLS");
        }

        if (!session.Services.SignIn.AllowsPlainText(isEncrypted))
        {
            text.Append(" LOGINDISABLED");
        }

        foreach (string mechanism in session.Services.SignIn.MechanismsFor(isEncrypted))
        {
            text.Append(" AUTH=").Append(mechanism);
        }

        return text.ToString();
    }
}
