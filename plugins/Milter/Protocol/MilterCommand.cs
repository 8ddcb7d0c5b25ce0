namespace PluginMail.Milter.Protocol;

/// <summary>The commands of the protocol (libmilter's mfdef.h, SMFIC_*): the first octet of a packet to a milter.</summary>
internal static class MilterCommand
{
    public const byte Abort = (byte)'A';
    public const byte Body = (byte)'B';
    public const byte Connect = (byte)'C';
    public const byte Macros = (byte)'D';
    public const byte EndOfMessage = (byte)'E';
    public const byte Helo = (byte)'H';
    public const byte QuitForNextConnection = (byte)'K';
    public const byte Header = (byte)'L';
    public const byte Mail = (byte)'M';
    public const byte EndOfHeader = (byte)'N';
    public const byte Negotiate = (byte)'O';
    public const byte Quit = (byte)'Q';
    public const byte Recipient = (byte)'R';
    public const byte Data = (byte)'T';
    public const byte Unknown = (byte)'U';
}

/// <summary>The answers of the protocol (SMFIR_*): the first octet of a packet from a milter.</summary>
internal static class MilterAnswer
{
    public const byte AddRecipient = (byte)'+';
    public const byte DeleteRecipient = (byte)'-';
    public const byte AddRecipientWithParameters = (byte)'2';
    public const byte Shutdown = (byte)'4';
    public const byte Accept = (byte)'a';
    public const byte ReplaceBody = (byte)'b';
    public const byte Continue = (byte)'c';
    public const byte Discard = (byte)'d';
    public const byte ChangeSender = (byte)'e';
    public const byte FailConnection = (byte)'f';
    public const byte AddHeader = (byte)'h';
    public const byte InsertHeader = (byte)'i';
    public const byte ChangeHeader = (byte)'m';
    public const byte Progress = (byte)'p';
    public const byte Quarantine = (byte)'q';
    public const byte Reject = (byte)'r';
    public const byte Skip = (byte)'s';
    public const byte TemporaryFailure = (byte)'t';
    public const byte ReplyCode = (byte)'y';
}
